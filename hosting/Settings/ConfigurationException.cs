namespace OrleansChat.Hosting.Settings;

/// <summary>A setting is missing or wrong. The message tells the operator what to do about it.</summary>
public sealed class ConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
