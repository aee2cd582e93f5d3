namespace OrleansChat.Storage;

/// <summary>Another host runs on the database. The message says which.</summary>
public sealed class HostLockException : Exception
{
    /// <summary>Creates the exception.</summary>
    public HostLockException() { }

    /// <summary>Creates the exception with a message.</summary>
    public HostLockException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public HostLockException(string message, Exception innerException) : base(message, innerException) { }
}
