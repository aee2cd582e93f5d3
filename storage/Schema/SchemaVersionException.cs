namespace OrleansChat.Storage.Schema;

/// <summary>The database's schema is not one that this program can use. The message says in a line why, and what to do.</summary>
public sealed class SchemaVersionException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SchemaVersionException() { }

    /// <summary>Creates the exception with a message.</summary>
    public SchemaVersionException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public SchemaVersionException(string message, Exception innerException) : base(message, innerException) { }
}
