package main

import (
	"context"
	"log"

	// Without a name here: it must be the one of go_package.
	"github.com/wriftai/grpc-gateway/clients/go/wriftai/predictions/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
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
	// Nothing listens there, so the request is encoded but not sent.
	_, err = predictionsv1.NewPredictionsClient(connection).Get(
		context.Background(), &predictionsv1.GetRequest{})
	if status.Code(err) != codes.Unavailable {
		log.Fatalf("expected UNAVAILABLE, got %v", err)
	}
}
