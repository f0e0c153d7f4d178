import CAllocator

/// Memory that was freed, and is still counted as the process's.
package enum FreedMemory {
  /// Has the allocator give back to the system what it keeps for later.
  ///
  /// Worth it where many large arrays have come and gone and others stay: once glibc has seen an array
  /// of up to 32 MB freed, it keeps the next ones of that size.
  package static func giveBack() { rk_give_back_memory() }
}
