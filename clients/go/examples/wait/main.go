// Command wait creates a prediction and waits for its end, through restarts of
// the gateway:
//
//	go run ./examples/wait localhost:50051 deepseek-ai/deepseek-r1 '{"prompt": "Hello"}'
//
// It sends the token in WRIFTAI_ACCESS_TOKEN, if any.
package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"io"
	"log"
	mathrand "math/rand"
	"os"
	"time"

	v1 "github.com/wriftai/grpc-gateway/clients/go/wriftai/predictions/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/health" // Checks it, as the service config asks.
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// The gateway's repository has the reasons in docs/clients.md.
//
//go:embed service_config.json
var serviceConfig string

const (
	createTimeout = 90 * time.Second
	waitTimeout   = 2 * time.Hour
)

func connect(target string) (*grpc.ClientConn, error) {
	backoffConfig := backoff.DefaultConfig
	backoffConfig.MaxDelay = 5 * time.Second
	return grpc.Dial(target,
		grpc.WithInsecure(),
		grpc.WithDefaultServiceConfig(serviceConfig),
		// No third party should enable retries of creates.
		grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1<<30)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time: 30 * time.Second, Timeout: 10 * time.Second,
		}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoffConfig, MinConnectTimeout: 5 * time.Second,
		}))
}

// details returns the reason of an error and when to retry. Without an ErrorInfo,
// the error is gRPC's own, and the reason is empty.
func details(err error) (reason string, delay time.Duration, hasDelay bool) {
	for _, detail := range status.Convert(err).Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reason = detail.GetReason()
		case *errdetails.RetryInfo:
			delay, hasDelay = detail.GetRetryDelay().AsDuration(), true
		}
	}
	return
}

func shouldWaitAgain(err error) bool {
	reason, _, hasDelay := details(err)
	switch status.Code(err) {
	case codes.Unavailable, codes.Canceled:
		return true
	case codes.Unknown, codes.Internal:
		return reason == "" // The stream broke on the way.
	case codes.ResourceExhausted:
		return hasDelay
	}
	return reason == "MAX_WAIT_EXCEEDED"
}

// wait returns the ended prediction, over as many calls as that takes, until the
// context ends.
func wait(ctx context.Context, predictions v1.PredictionsClient, id string,
	onPoll func(*v1.Prediction)) (*v1.Prediction, error) {
	maxDelay := 500 * time.Millisecond
	for {
		prediction, err := waitOnce(ctx, predictions, id, func(polled *v1.Prediction) {
			maxDelay = 500 * time.Millisecond
			onPoll(polled)
		})
		if err == nil || ctx.Err() != nil || !shouldWaitAgain(err) {
			return prediction, err
		}
		_, delay, hasDelay := details(err)
		if !hasDelay {
			delay = maxDelay/2 + time.Duration(mathrand.Int63n(int64(maxDelay/2)))
			if maxDelay *= 2; maxDelay > 10*time.Second {
				maxDelay = 10 * time.Second
			}
		}
		log.Printf("waiting again in %v: %v", delay, err)
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func waitOnce(ctx context.Context, predictions v1.PredictionsClient, id string,
	onPoll func(*v1.Prediction)) (*v1.Prediction, error) {
	// Also ends the call if onPoll panics.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	updates, err := predictions.Wait(ctx, &v1.WaitRequest{
		Id: id, PayloadFormat: v1.PayloadFormat_PAYLOAD_FORMAT_JSON,
	})
	if err != nil {
		return nil, err
	}
	var last *v1.Prediction
	for {
		update, err := updates.Recv()
		if err == io.EOF {
			return last, nil
		}
		if err != nil {
			return nil, err
		}
		last = update.GetPrediction()
		onPoll(last)
	}
}

// newRequestID returns a random UUID: the gateway creates once per id.
func newRequestID() string {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		log.Fatal(err)
	}
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func run(target, model, input string) error {
	connection, err := connect(target)
	if err != nil {
		return err
	}
	defer connection.Close()
	predictions := v1.NewPredictionsClient(connection)

	ctx, cancel := context.WithTimeout(context.Background(), waitTimeout)
	defer cancel()
	if token := os.Getenv("WRIFTAI_ACCESS_TOKEN"); token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	creating, stop := context.WithTimeout(ctx, createTimeout)
	defer stop()
	// Not repeated here: see docs/clients.md for when a create may be.
	created, err := predictions.Create(creating, &v1.CreateRequest{
		Model:        model,
		InputPayload: &v1.CreateRequest_InputJson{InputJson: input},
		RequestId:    newRequestID(),
	})
	if err != nil {
		return err
	}
	seen := ""
	ended, err := wait(ctx, predictions, created.GetId(), func(polled *v1.Prediction) {
		if text := polled.GetStatusText(); text != seen {
			seen = text
			fmt.Println(text)
		}
	})
	if err != nil {
		return err
	}
	if ended.GetError() != nil {
		return fmt.Errorf("the prediction failed: %s", ended.GetError().GetMessage())
	}
	fmt.Println(ended.GetOutputJson())
	return nil
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("expected TARGET MODEL INPUT_JSON")
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}
