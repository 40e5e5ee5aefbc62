// A gateway as a good Go engineer writes it in an afternoon: one upstream
// request per call, without budget, cache, sharing or logs.
//
//	gateway API_BASE_URL [WEBHOOK_ADDRESS KEY_FILE]
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	v1 "github.com/wriftai/grpc-gateway/clients/go/wriftai/predictions/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const maxResponseBytes = 64 << 20

type gateway struct {
	v1.UnimplementedPredictionsServer
	api      string
	http     *http.Client
	webhooks *webhooks
}

func (g *gateway) Get(ctx context.Context, request *v1.GetRequest) (*v1.Prediction, error) {
	if !isUUID(request.Id) {
		return nil, status.Error(codes.InvalidArgument, "id: expected a UUID")
	}
	var found prediction
	if err := g.call(ctx, "GET", "/predictions/"+request.Id, nil, &found); err != nil {
		return nil, err
	}
	return found.message(request.PayloadFormat)
}

func (g *gateway) List(ctx context.Context, request *v1.ListRequest) (*v1.ListResponse, error) {
	if request.PageSize < 0 {
		return nil, status.Error(codes.InvalidArgument, "page_size: expected at least 0")
	}
	size := int(request.PageSize)
	if size == 0 {
		size = 25
	} else if size > 50 {
		size = 50
	}
	query := url.Values{"page_size": {strconv.Itoa(size)}}
	if request.PageToken != "" {
		query.Set("cursor", request.PageToken)
	}
	var page struct {
		Items          []prediction `json:"items"`
		NextCursor     string       `json:"next_cursor"`
		PreviousCursor string       `json:"previous_cursor"`
	}
	if err := g.call(ctx, "GET", "/predictions?"+query.Encode(), nil, &page); err != nil {
		return nil, err
	}
	response := &v1.ListResponse{
		NextPageToken: page.NextCursor, PreviousPageToken: page.PreviousCursor,
	}
	for i := range page.Items {
		item, err := page.Items[i].message(v1.PayloadFormat_PAYLOAD_FORMAT_JSON)
		if err != nil {
			return nil, err
		}
		response.Predictions = append(response.Predictions, item)
	}
	return response, nil
}

func (g *gateway) Create(ctx context.Context, request *v1.CreateRequest) (*v1.Prediction, error) {
	created, err := g.create(ctx, request, nil)
	if err != nil {
		return nil, err
	}
	return created.message(request.PayloadFormat)
}

func (g *gateway) create(ctx context.Context, request *v1.CreateRequest, hook *webhook) (*prediction, error) {
	input := json.RawMessage(request.GetInputJson())
	if value := request.GetInput(); value != nil {
		text, err := value.MarshalJSON()
		if err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "input: %v", err)
		}
		input = text
	}
	if request.GetModel() == "" || !json.Valid(input) {
		return nil, status.Error(codes.InvalidArgument, "expected a model, and an input of valid JSON")
	}
	body, err := json.Marshal(struct {
		Model   string          `json:"model"`
		Input   json.RawMessage `json:"input"`
		Webhook *webhook        `json:"webhook,omitempty"`
	}{request.Model, input, hook})
	if err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	var created prediction
	err = g.call(ctx, "POST", "/predictions", body, &created)
	return &created, err
}

// Sends one request with the caller's token, and decodes the response.
func (g *gateway) call(ctx context.Context, method, path string, body []byte, result interface{}) error {
	request, err := http.NewRequestWithContext(ctx, method, g.api+path, bytes.NewReader(body))
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if fields, ok := metadata.FromIncomingContext(ctx); ok {
		if token := fields.Get("authorization"); len(token) > 0 {
			request.Header.Set("Authorization", token[0])
		}
	}
	response, err := g.http.Do(request)
	if err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return status.FromContextError(ctx.Err()).Err()
		}
		return status.Error(codes.Unavailable, err.Error())
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if response.ContentLength > 0 && response.ContentLength <= maxResponseBytes {
		text.Grow(int(response.ContentLength) + bytes.MinRead)
	}
	if _, err := text.ReadFrom(io.LimitReader(response.Body, maxResponseBytes)); err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	if response.StatusCode/100 != 2 {
		detail := text.Bytes()
		if len(detail) > 256 {
			detail = detail[:256]
		}
		return status.Error(codeOf(response.StatusCode), fmt.Sprintf("upstream %d: %s", response.StatusCode, detail))
	}
	if err := json.Unmarshal(text.Bytes(), result); err != nil {
		return status.Errorf(codes.Internal, "upstream response: %v", err)
	}
	return nil
}

func main() {
	if len(os.Args) != 2 && len(os.Args) != 4 {
		log.Fatal("usage: gateway API_BASE_URL [WEBHOOK_ADDRESS KEY_FILE]")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.MaxIdleConns = 512
	transport.MaxIdleConnsPerHost = 512
	transport.DisableCompression = true
	g := &gateway{
		api:  os.Args[1],
		http: &http.Client{Transport: transport, Timeout: 30 * time.Second},
	}
	if len(os.Args) == 4 {
		g.webhooks = serveWebhooks(os.Args[2], os.Args[3])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(16 << 20))
	v1.RegisterPredictionsServer(server, g)
	fmt.Printf("gRPC listens on %s\n", listener.Addr())
	log.Fatal(server.Serve(listener))
}

func serveWebhooks(address, keyFile string) *webhooks {
	key, err := os.ReadFile(keyFile)
	if err != nil {
		log.Fatal(err)
	}
	const path = "/webhooks/wriftai"
	hooks := &webhooks{
		registered: webhook{URL: "http://" + address + path, Secret: strings.TrimSpace(string(key))},
		events:     map[string]chan *prediction{},
	}
	mux := http.NewServeMux()
	mux.Handle(path, hooks)
	go func() { log.Fatal(http.ListenAndServe(address, mux)) }()
	return hooks
}
