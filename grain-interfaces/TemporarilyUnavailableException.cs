namespace OrleansChat.GrainInterfaces;

/// <summary>
/// The service cannot answer now; whether a write took place is unknown. Carries no detail: that is in the silo's log.
/// </summary>
[GenerateSerializer, Alias("OrleansChat.TemporarilyUnavailableException")]
public sealed class TemporarilyUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TemporarilyUnavailableException() : base("The service is temporarily unavailable.") { }

    /// <summary>Creates the exception with a message, which must hold no data.</summary>
    public TemporarilyUnavailableException(string message) : base(message) { }

    /// <summary>Creates the exception with a message, which must hold no data, and its cause.</summary>
    public TemporarilyUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}
