"""Client of the WriftAI gateway.

  from wriftai_gateway import Client

  client = Client('localhost:50051')
  prediction = client.predictions.create(
      model='deepseek-ai/deepseek-r1', input={'prompt': 'Hello'}, wait=True)
  print(prediction.output)
"""

from ._channel import tls
from ._version import VERSION as __version__
from .aio import AsyncClient, AsyncPredictions
from .client import Client, Predictions
from .errors import CreateOutcomeUnknown, FieldViolation, GatewayError
from .types import (Model, Page, Prediction, PredictionError, Update, Webhook)

__all__ = [
    '__version__', 'AsyncClient', 'AsyncPredictions', 'Client',
    'CreateOutcomeUnknown', 'FieldViolation', 'GatewayError', 'Model', 'Page',
    'Prediction', 'PredictionError', 'Predictions', 'Update', 'Webhook', 'tls',
]
