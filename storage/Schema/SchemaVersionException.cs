namespace OrleansChat.Storage.Schema;

/// <summary>This program cannot use the database's schema. The message says why and what to do, in one line.</summary>
public sealed class SchemaVersionException(string message) : Exception(message);
