namespace OrleansChat.Storage.Postgres;

/// <summary>
/// The database did not answer, or the connection broke: it is unknown whether a write took place.
/// </summary>
public sealed class StorageUnavailableException : Exception
{
    /// <summary>Creates the exception; Orleans does so when it passes one between silos.</summary>
    public StorageUnavailableException() { }

    /// <summary>Creates the exception with the operation that failed, without data.</summary>
    public StorageUnavailableException(string message) : base(message) { }

    /// <summary>Creates the exception with the operation that failed, without data, and the cause.</summary>
    public StorageUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}
