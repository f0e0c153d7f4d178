import CZlib
import Diagnostics

/// Decompresses a gzip file while it is read (RFC 1952), with all of its members.
///
/// Memory is that of zlib's window and one block of input, whatever the file claims to hold. Zeros
/// behind the last member, with which tapes and some archivers fill a block, are passed over.
@safe public final class GzipDecoder {
  private enum Place {
    /// Nothing was read yet.
    case start
    /// Inside a member, which must end before the file does.
    case member
    /// Behind a member; another one may begin, unless there were zeros.
    case between(sawZero: Bool)
  }

  // zlib keeps a pointer to its stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input = [UInt8](repeating: 0, count: 1 << 17)
  private var inputRange = 0..<0
  private var isAtEnd = false
  private var place = Place.start
  /// The offset in the file of the first byte of `input`.
  private var base = 0

  /// Prepares to decompress from the start of a file.
  public init() {
    unsafe stream = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // SAFETY: zeros in the stream mean zlib's own allocator and no input yet, as its manual asks.
    let code = unsafe retain_inflate_init_gzip(stream)
    precondition(code == Z_OK, "zlib could not be prepared: \(code)")
  }

  deinit {
    // SAFETY: the stream was prepared by `init`, and nothing else frees it.
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Forgets everything, for a file that is read from its start again.
  public func reset() {
    // SAFETY: the stream was prepared by `init`.
    unsafe inflateReset(stream)
    inputRange = 0..<0
    isAtEnd = false
    place = .start
    base = 0
  }

  /// Fills `buffer` from `start` on with what comes next.
  ///
  /// - Returns: How many bytes there were; 0 at the end of the file.
  /// - Throws: `format.damaged` for what is no gzip file, or not all of one; what the file throws.
  public func read(
    from file: borrowing InputFile, into buffer: inout [UInt8], from start: Int
  ) throws(Diagnostic) -> Int {
    precondition(start < buffer.count, "no room: from \(start) in a buffer of \(buffer.count)")
    while true {
      if inputRange.isEmpty && !isAtEnd { try fill(file) }
      if inputRange.isEmpty {
        if case .between = place { return 0 }
        throw damaged("ends before its content does", file: file.path)
      }
      if case .between(let sawZero) = place {
        if input[inputRange.lowerBound] == 0 {
          place = .between(sawZero: true)
          inputRange.removeFirst()
          continue
        }
        if sawZero { throw damaged("has bytes behind its padding", file: file.path) }
        // SAFETY: the stream was prepared by `init`.
        unsafe inflateReset(stream)
      }
      place = .member
      let count = try inflate(into: &buffer, from: start, file: file.path)
      if count > 0 { return count }
    }
  }

  private func fill(_ file: borrowing InputFile) throws(Diagnostic) {
    base += inputRange.upperBound
    inputRange = 0..<0
    let count = try file.read(into: &input, from: 0)
    inputRange = 0..<count
    isAtEnd = count == 0
  }

  /// Decompresses what there is of input, or as much as there is room for.
  private func inflate(into buffer: inout [UInt8], from start: Int, file: String)
    throws(Diagnostic) -> Int
  {
    let available = inputRange
    let room = buffer.count - start
    // SAFETY: both pointers are used inside the closures only, with counts that end where the arrays
    // do: `available` lies in `input`, and `start + room` is the buffer's count.
    let code = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe buffer.withUnsafeMutableBufferPointer { output in
        unsafe stream.pointee.next_in = input.baseAddress! + available.lowerBound
        unsafe stream.pointee.avail_in = UInt32(available.count)
        unsafe stream.pointee.next_out = output.baseAddress! + start
        unsafe stream.pointee.avail_out = UInt32(clamping: room)
        return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
      }
    }
    let unread = unsafe Int(stream.pointee.avail_in)
    inputRange = available.upperBound - unread..<available.upperBound
    let written = unsafe min(room, Int(UInt32.max)) - Int(stream.pointee.avail_out)
    switch code {
    case Z_STREAM_END: place = .between(sawZero: false)
    // No progress only says that there was too little input, or no more room.
    case Z_OK, Z_BUF_ERROR: break
    default: throw damaged(reason(code), file: file)
    }
    return written
  }

  private func reason(_ code: Int32) -> String {
    // SAFETY: zlib's message is `nil` or one of its own constant, terminated texts.
    guard let message = unsafe stream.pointee.msg else { return "zlib fails with code \(code)" }
    return "is no whole gzip file: \(unsafe String(cString: message))"
  }

  private func damaged(_ message: String, file: String) -> Diagnostic {
    let byte = base + inputRange.lowerBound
    return Diagnostic(
      .formatDamaged, "\(message), at byte \(byte)", file: file, byte: byte,
      hint: "copy the file again, and test it with gzip -t")
  }
}
