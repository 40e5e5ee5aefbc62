<?php
use WriftAI\Predictions\V1\ErrorReason;
use WriftAI\Predictions\V1\Prediction;
use WriftAI\Predictions\V1\PredictionStatus;

spl_autoload_register(function ($name) {
  require str_replace('\\', '/', $name) . '.php';
});

function expect($expected, $actual) {
  if ($expected !== $actual) {
    throw new Exception("expected $expected, got $actual");
  }
}

$prediction = new Prediction();
$prediction->setStatus(PredictionStatus::PREDICTION_STATUS_SUCCEEDED);
$decoded = new Prediction();
$decoded->mergeFromString($prediction->serializeToString());
expect(PredictionStatus::PREDICTION_STATUS_SUCCEEDED, $decoded->getStatus());
expect('RATE_LIMITED', ErrorReason::name(ErrorReason::RATE_LIMITED));
