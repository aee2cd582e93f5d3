namespace OrleansChat.Storage.Schema;

/// <summary>The disk of the database's server has too little space for a migration. The message says how much it needs.</summary>
public sealed class DiskSpaceException(string message) : Exception(message);
