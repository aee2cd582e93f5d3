namespace OrleansChat.Storage.Schema;

/// <summary>Silos run on the database that what was to be done does not go with. The message names them, and says what to do.</summary>
public sealed class HostLockException : Exception
{
    /// <summary>Creates the exception.</summary>
    public HostLockException() { }

    /// <summary>Creates the exception with a message.</summary>
    public HostLockException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public HostLockException(string message, Exception innerException) : base(message, innerException) { }
}
