package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	v1 "github.com/wriftai/grpc-gateway/clients/go/wriftai/predictions/v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	maxEventBytes = 4 << 20
	maxEvents     = 8
	tolerance     = 300 * time.Second
	// An event may arrive before the response to the create.
	unclaimedFor = time.Minute
)

type webhook struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// Passes the upstream's events to the streams that wait for them.
type webhooks struct {
	registered webhook
	mutex      sync.Mutex
	events     map[string]chan *prediction
}

// The events of a prediction, and whether they are new.
func (w *webhooks) channel(id string) (chan *prediction, bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if events, ok := w.events[id]; ok {
		return events, false
	}
	events := make(chan *prediction, maxEvents)
	w.events[id] = events
	return events, true
}

func (w *webhooks) forget(id string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.events, id)
}

func (w *webhooks) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, maxEventBytes))
	if err != nil {
		http.Error(response, "cannot read", http.StatusBadRequest)
		return
	}
	if !w.isSigned(request.Header.Get("wriftai-webhook-signature"), body) {
		http.Error(response, "bad signature", http.StatusUnauthorized)
		return
	}
	var event prediction
	if err := json.Unmarshal(body, &event); err != nil || !isUUID(event.ID) {
		http.Error(response, "not a prediction", http.StatusBadRequest)
		return
	}
	events, isNew := w.channel(event.ID)
	if isNew {
		time.AfterFunc(unclaimedFor, func() { w.forget(event.ID) })
	}
	select {
	case events <- &event:
	default: // The waiter is slow; the upstream sends it again.
		http.Error(response, "full", http.StatusServiceUnavailable)
	}
}

func (w *webhooks) isSigned(header string, body []byte) bool {
	var seconds, signature string
	for _, item := range strings.Split(header, ",") {
		if strings.HasPrefix(item, "t=") {
			seconds = item[2:]
		} else if strings.HasPrefix(item, "v1=") {
			signature = item[3:]
		}
	}
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return false
	}
	if age := time.Since(time.Unix(unix, 0)); age > tolerance || age < -tolerance {
		return false
	}
	mac := hmac.New(sha256.New, []byte(w.registered.Secret))
	io.WriteString(mac, seconds+".")
	mac.Write(body)
	sent, err := hex.DecodeString(signature)
	return err == nil && hmac.Equal(sent, mac.Sum(nil))
}

func (g *gateway) CreateAndWait(request *v1.CreateAndWaitRequest, stream v1.Predictions_CreateAndWaitServer) error {
	ctx := stream.Context()
	current, err := g.create(ctx, request.GetCreate(), &g.webhooks.registered)
	if err != nil {
		return err
	}
	events, _ := g.webhooks.channel(current.ID)
	defer g.webhooks.forget(current.ID)
	source := v1.Source_SOURCE_CREATE
	for sequence := int64(1); ; sequence++ {
		message, err := current.message(request.GetCreate().GetPayloadFormat())
		if err != nil {
			return err
		}
		err = stream.Send(&v1.PredictionUpdate{
			Prediction: message, ObservedAt: timestamppb.Now(), Source: source, Sequence: sequence,
		})
		if err != nil || current.hasEnded() {
			return err
		}
		if current, err = next(ctx, events, current); err != nil {
			return err
		}
		source = v1.Source_SOURCE_WEBHOOK
	}
}

// Waits for a state that is newer than `current`.
func next(ctx context.Context, events <-chan *prediction, current *prediction) (*prediction, error) {
	for {
		select {
		case event := <-events:
			if statuses[event.Status] > statuses[current.Status] || event.UpdatedAt.After(current.UpdatedAt) {
				return event, nil
			}
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
}
