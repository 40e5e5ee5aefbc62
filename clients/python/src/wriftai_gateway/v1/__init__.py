"""The generated messages and the stub, for calls that the client lacks."""

from .predictions_pb2 import *
from .predictions_pb2_grpc import PredictionsStub as PredictionsStub
