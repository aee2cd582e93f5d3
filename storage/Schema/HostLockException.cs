namespace OrleansChat.Storage.Schema;

/// <summary>Incompatible silos run on the database. The message names them and says what to do.</summary>
public sealed class HostLockException(string message) : Exception(message);
