extension Diagnostic {
  /// The kinds of fault; `Docs/Errors.md` has a line for each.
  public enum Kind: String, CaseIterable, Sendable {
    // The form of a CSV file.
    case csvNoHeader = "csv.no_header"
    case csvFieldCount = "csv.field_count"
    case csvAfterQuote = "csv.after_quote"
    case csvUnterminatedQuote = "csv.unterminated_quote"
    case csvRecordTooLong = "csv.record_too_long"
    case csvTooManyColumns = "csv.too_many_columns"
    case csvNulByte = "csv.nul_byte"
    case encodingUnsupported = "encoding.unsupported"
    case encodingInvalidUTF8 = "encoding.invalid_utf8"
    case formatCompressed = "format.compressed"
    case formatDamaged = "format.damaged"

    // The values of its cells.
    case valueNumber = "value.number"
    case valueNumberNonfinite = "value.number_nonfinite"
    case valueNumberRange = "value.number_range"
    case valueTimestamp = "value.timestamp"
    case valueTimestampRange = "value.timestamp_range"
    case valueBoolean = "value.boolean"
    case valueMissingKey = "value.missing_key"

    // Its columns.
    case schemaMissingColumn = "schema.missing_column"
    case schemaDuplicateColumn = "schema.duplicate_column"
    case schemaType = "schema.type"

    // Columnar tables.
    case columnarTruncated = "columnar.truncated"
    case columnarChecksum = "columnar.checksum"
    case columnarInvalid = "columnar.invalid"
    case columnarVersionTooNew = "columnar.version_too_new"

    // What a table as a whole lets one learn.
    case dataNoRows = "data.no_rows"
    case dataTooManyBadRows = "data.too_many_bad_rows"
    case dataTooFewRows = "data.too_few_rows"
    case dataOneClass = "data.one_class"
    case dataLabelValues = "data.label_values"
    case dataNoFeatures = "data.no_features"
    case dataWeights = "data.weights"
    case dataOutcomes = "data.outcomes"
    case dataDuplicateKey = "data.duplicate_key"
    case dataNoRowsBeforeAsOf = "data.no_rows_before_as_of"
    case dataNoEligibleRows = "data.no_eligible_rows"
    case dataLeakage = "data.leakage"

    // What a history can hold.
    case limitHistory = "limit.history"
    case limitAccounts = "limit.accounts"
    case limitEventNames = "limit.event_names"

    // Model files.
    case modelNotAModel = "model.not_a_model"
    case modelTruncated = "model.truncated"
    case modelTrailingBytes = "model.trailing_bytes"
    case modelChecksum = "model.checksum"
    case modelInvalid = "model.invalid"
    case modelLimit = "model.limit"
    case modelVersionTooNew = "model.version_too_new"
    case modelWrongTask = "model.wrong_task"

    // What a configuration says.
    case configSyntax = "config.syntax"
    case configDepth = "config.depth"
    case configDuplicateKey = "config.duplicate_key"
    case configUnknownKey = "config.unknown_key"
    case configType = "config.type"
    case configValue = "config.value"
    case configMissing = "config.missing"
    case configTimeZone = "config.timezone"
    case configAsOf = "config.as_of"
    case configFormat = "config.format"
    case configEventName = "config.event_name"

    // Files and the arguments that name them.
    case inputMissing = "input.missing"
    case inputIsDirectory = "input.is_directory"
    case inputUnreadable = "input.unreadable"
    case inputChanged = "input.changed"
    case inputFailed = "input.failed"
    case outputCannotCreate = "output.cannot_create"
    case outputIsDirectory = "output.is_directory"
    case outputSameAsInput = "output.same_as_input"
    case outputFailed = "output.failed"
    case usage = "usage"
    case internalFault = "internal"

    /// The process's exit code for this kind, after BSD's `sysexits.h`.
    public var exitCode: Int32 {
      switch self {
      case .usage, .outputSameAsInput: 64
      case .inputMissing, .inputIsDirectory, .inputUnreadable: 66
      case .internalFault: 70
      case .outputCannotCreate, .outputIsDirectory: 73
      case .inputFailed, .outputFailed: 74
      case .configFormat, .configTimeZone, .configSyntax, .configDepth, .configDuplicateKey,
        .configUnknownKey, .configType, .configValue, .configMissing, .configAsOf,
        .configEventName:
        78
      default: 65
      }
    }
  }
}
