// One import brings the stages that a caller meets: errors, files, tables, learners, models and
// reports.
@_exported import Calibration
@_exported import CivilCalendar
@_exported import Configuration
@_exported import Diagnostics
@_exported import Evaluation
@_exported import Explanation
@_exported import Features
@_exported import Files
@_exported import GradientBoosting
@_exported import Learning
@_exported import LogisticRegression
@_exported import ModelFormat
@_exported import Reporting
@_exported import Revenue
@_exported import Scoring
@_exported import Synthesis
@_exported import Tabular
