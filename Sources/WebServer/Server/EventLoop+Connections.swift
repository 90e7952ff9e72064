extension EventLoop {
  /// The connection of this name, nil when it has been closed.
  func connection(_ id: ConnectionID) -> Connection? {
    let index = Int(id.descriptor)
    guard connections.indices.contains(index), let connection = connections[index] else { return nil }
    return connection.id == id ? connection : nil
  }

  /// Takes an accepted connection in; it has been counted.
  func adopt(_ socket: consuming Socket, remoteAddress: String) {
    generation &+= 1
    let id = ConnectionID(descriptor: socket.descriptor, generation: generation)
    // The acceptor's key has all bits set; no descriptor is negative, so no connection has it.
    guard !isDraining, poller.watch(id.descriptor, key: id.key) else { return count.remove() }
    let index = Int(id.descriptor)
    if index >= connections.count {
      connections.append(contentsOf: repeatElement(nil, count: index + 1 - connections.count))
    }
    connections[index] = Connection(id: id, socket: socket, remoteAddress: remoteAddress, loop: self)
    openConnections += 1
  }

  /// Forgets a connection that closes.
  func remove(_ id: ConnectionID) {
    connections[Int(id.descriptor)] = nil
    openConnections -= 1
    count.remove()
  }
}
