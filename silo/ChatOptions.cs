using System.Net;
using Microsoft.Extensions.Configuration;

namespace OrleansChat.Silo;

/// <summary>
/// The service's settings: the section <c>Chat</c> of appsettings.json, environment variables (<c>Chat__Database</c>),
/// or arguments (<c>--database</c>), each overriding the one before.
/// </summary>
public sealed class ChatOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Chat";

    /// <summary>Short forms of the arguments.</summary>
    public static readonly IReadOnlyDictionary<string, string> Switches = new Dictionary<string, string>
    {
        ["--database"] = $"{Section}:{nameof(Database)}",
        ["--listen"] = $"{Section}:{nameof(Listen)}",
        ["--demo-users"] = $"{Section}:{nameof(DemoUsers)}",
        ["--session-idle-timeout"] = $"{Section}:{nameof(SessionIdleTimeout)}",
        ["--mailbox-writers"] = $"{Section}:{nameof(MailboxWriters)}",
    };

    /// <summary>The PostgreSQL connection string. Required.</summary>
    public string Database { get; set; } = "";

    /// <summary>The address and port that the gateway listens on.</summary>
    public string Listen { get; set; } = "127.0.0.1:8889";

    /// <summary>Whether the demonstration users, whose password is public, are added at start.</summary>
    public bool DemoUsers { get; set; }

    /// <summary>A session that was not used for so long has ended; at least two hours.</summary>
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many connections write messages; 1 to 8.</summary>
    public int MailboxWriters { get; set; } = 1;

    /// <summary>Where <see cref="Listen"/> points.</summary>
    public IPEndPoint ListenEndPoint => IPEndPoint.Parse(Listen);

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong; the message says which, and what to set.</exception>
    public static ChatOptions Read(IConfiguration configuration)
    {
        ChatOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<ChatOptions>() ?? new ChatOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException(e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}");
        }
        if (options.Database.Length == 0)
            throw new ConfigurationException($"No database is set: give a PostgreSQL connection string as --database, {Section}__Database or {Section}:Database.");
        if (!IPEndPoint.TryParse(options.Listen, out var endPoint) || !options.Listen.Contains(':', StringComparison.Ordinal))
            throw new ConfigurationException($"'{options.Listen}' is no address to listen on: give --listen ADDRESS:PORT, such as 127.0.0.1:8889 or [::]:8889.");
        if (options.DemoUsers && !IPAddress.IsLoopback(endPoint.Address))
            throw new ConfigurationException("--demo-users adds users whose password everybody knows: it goes with a loopback address only.");
        if (options.SessionIdleTimeout < TimeSpan.FromHours(2))
            throw new ConfigurationException("--session-idle-timeout must be at least two hours (02:00:00): the last use of a session is written once an hour.");
        if (options.MailboxWriters is < 1 or > 8)
            throw new ConfigurationException("--mailbox-writers must be 1 to 8.");
        return options;
    }
}

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
