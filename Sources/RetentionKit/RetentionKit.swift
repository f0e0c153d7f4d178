@_exported import Diagnostics
@_exported import ModelFormat
@_exported import Reporting
@_exported import Scoring
@_exported import Synthesis
