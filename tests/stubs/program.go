package main

import (
	"log"

	predictionsv1 "github.com/wriftai/grpc-gateway/clients/go/wriftai/predictions/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

func main() {
	prediction := &predictionsv1.Prediction{
		Status: predictionsv1.PredictionStatus_PREDICTION_STATUS_SUCCEEDED,
	}
	encoded, err := proto.Marshal(prediction)
	if err != nil {
		log.Fatal(err)
	}
	decoded := &predictionsv1.Prediction{}
	if err := proto.Unmarshal(encoded, decoded); err != nil {
		log.Fatal(err)
	}
	if !proto.Equal(prediction, decoded) {
		log.Fatalf("expected %v, got %v", prediction, decoded)
	}
	reason := predictionsv1.ErrorReason_RATE_LIMITED.String()
	if reason != "RATE_LIMITED" {
		log.Fatalf("expected RATE_LIMITED, got %v", reason)
	}
	connection, err := grpc.Dial("localhost:1", grpc.WithInsecure())
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	var _ predictionsv1.PredictionsClient =
		predictionsv1.NewPredictionsClient(connection)
}
