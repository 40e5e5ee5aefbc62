package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	v1 "github.com/wriftai/grpc-gateway/clients/go/wriftai/predictions/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The upstream's prediction.
type prediction struct {
	ID            string    `json:"id"`
	Status        string    `json:"status"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
	SetupTime     *string   `json:"setup_time"`
	ExecutionTime *string   `json:"execution_time"`
	URL           *string   `json:"url"`
	Model         struct {
		Owner         string `json:"owner"`
		Name          string `json:"name"`
		VersionNumber *int64 `json:"version_number"`
	} `json:"model"`
	Input  json.RawMessage `json:"input"`
	Output json.RawMessage `json:"output"`
	Error  *struct {
		Source  string          `json:"source"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	} `json:"error"`
}

var statuses = map[string]v1.PredictionStatus{
	"pending":   v1.PredictionStatus_PREDICTION_STATUS_PENDING,
	"started":   v1.PredictionStatus_PREDICTION_STATUS_STARTED,
	"succeeded": v1.PredictionStatus_PREDICTION_STATUS_SUCCEEDED,
	"failed":    v1.PredictionStatus_PREDICTION_STATUS_FAILED,
}

func (p *prediction) hasEnded() bool {
	return p.Status == "succeeded" || p.Status == "failed"
}

func (p *prediction) message(format v1.PayloadFormat) (*v1.Prediction, error) {
	if !isUUID(p.ID) || p.Status == "" {
		return nil, status.Error(codes.Internal, "upstream response: expected an id and a status")
	}
	message := &v1.Prediction{
		Id: p.ID, Status: statuses[p.Status], StatusText: p.Status,
		Model: &v1.Model{
			Owner: p.Model.Owner, Name: p.Model.Name, VersionNumber: p.Model.VersionNumber,
		},
		CreatedAt: timestamppb.New(p.CreatedAt), UpdatedAt: timestamppb.New(p.UpdatedAt),
		SetupTime: p.SetupTime, ExecutionTime: p.ExecutionTime, Url: p.URL,
	}
	if p.Error != nil {
		message.Error = &v1.PredictionError{Source: p.Error.Source, Message: p.Error.Message}
		if p.Error.Detail != nil {
			message.Error.DetailPayload = &v1.PredictionError_DetailJson{DetailJson: string(p.Error.Detail)}
		}
	}
	if format == v1.PayloadFormat_PAYLOAD_FORMAT_JSON {
		if p.Input != nil {
			message.InputPayload = &v1.Prediction_InputJson{InputJson: string(p.Input)}
		}
		if p.Output != nil {
			message.OutputPayload = &v1.Prediction_OutputJson{OutputJson: string(p.Output)}
		}
		return message, nil
	}
	input, err := valueOf(p.Input)
	if err != nil {
		return nil, err
	}
	output, err := valueOf(p.Output)
	if err != nil {
		return nil, err
	}
	if input != nil {
		message.InputPayload = &v1.Prediction_Input{Input: input}
	}
	if output != nil {
		message.OutputPayload = &v1.Prediction_Output{Output: output}
	}
	return message, nil
}

func valueOf(text json.RawMessage) (*structpb.Value, error) {
	if text == nil {
		return nil, nil
	}
	var parsed interface{}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&parsed); err != nil {
		return nil, status.Errorf(codes.Internal, "upstream response: %v", err)
	}
	value, err := structpb.NewValue(parsed)
	if err != nil {
		return nil, status.Errorf(codes.Internal, "upstream response: %v", err)
	}
	return value, nil
}

func codeOf(httpStatus int) codes.Code {
	switch httpStatus {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return codes.InvalidArgument
	case http.StatusUnauthorized:
		return codes.Unauthenticated
	case http.StatusPaymentRequired, http.StatusTooManyRequests:
		return codes.ResourceExhausted
	case http.StatusForbidden:
		return codes.PermissionDenied
	case http.StatusNotFound, http.StatusGone:
		return codes.NotFound
	case http.StatusConflict:
		return codes.FailedPrecondition
	}
	if httpStatus >= 500 {
		return codes.Unavailable
	}
	return codes.Internal
}

func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}
