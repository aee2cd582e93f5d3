namespace OrleansChat.Hosting.Settings;

/// <summary>The settings of a program.</summary>
public interface IProgramOptions
{
    /// <summary>Checks them.</summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message says which, and what to set.</exception>
    void Check();
}
