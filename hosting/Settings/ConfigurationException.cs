namespace OrleansChat.Hosting.Settings;

/// <summary>A setting is missing or wrong. The message is for the operator.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ConfigurationException() { }

    /// <summary>Creates the exception with what to do about it.</summary>
    public ConfigurationException(string message) : base(message) { }

    /// <summary>Creates the exception with what to do about it, and its cause.</summary>
    public ConfigurationException(string message, Exception innerException) : base(message, innerException) { }
}
