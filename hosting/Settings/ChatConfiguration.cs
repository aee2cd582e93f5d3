using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;

namespace OrleansChat.Hosting.Settings;

/// <summary>
/// Where the settings come from: the section <c>Chat</c> of appsettings.json, environment variables (<c>Chat__Database</c>),
/// files named like them in the folder of secrets, and arguments (<c>--database</c>), each overriding the one before.
/// </summary>
public static partial class ChatConfiguration
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Chat";

    /// <summary>Where Docker and Podman mount secrets; systemd names its own folder.</summary>
    private const string SecretsFolder = "/run/secrets";

    /// <summary>What is logged unless a setting says otherwise: what an operator can do something about.</summary>
    private static readonly Dictionary<string, string?> LogLevels = new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:Orleans"] = "Error",
        ["Logging:LogLevel:OrleansChat"] = "Information",
        // Why a program could not start or go on is said in a line: see StartFailure.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
    };

    /// <summary>Adds the files of secrets, and the arguments: <c>--session-idle-timeout</c> sets <c>SessionIdleTimeout</c>.</summary>
    /// <exception cref="ConfigurationException">An argument is no setting of <typeparamref name="TOptions"/>, or has no value.</exception>
    public static void AddSources<TOptions>(this IConfigurationBuilder configuration, string[] args)
    {
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
        var folder = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") ?? SecretsFolder;
        configuration.AddKeyPerFile(files =>
        {
            files.Optional = true;
            files.IgnoreCondition = file => !file.StartsWith($"{Section}__", StringComparison.OrdinalIgnoreCase);
            if (Directory.Exists(folder)) files.FileProvider = new PhysicalFileProvider(folder);
        });

        // A password is no argument: everybody on the machine can read those.
        var switches = Names<TOptions>().Where(name => !name.EndsWith("Password", StringComparison.Ordinal))
            .ToDictionary(SwitchOf, name => $"{Section}:{name}");
        CheckArguments(args, switches);
        configuration.AddCommandLine(args, switches);
    }

    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">A value is not of its setting's type, or a name is no setting.</exception>
    public static TOptions Read<TOptions>(IConfiguration configuration) where TOptions : new()
    {
        var section = configuration.GetSection(Section);
        var unknown = section.GetChildren().Select(child => child.Key).Except(Names<TOptions>(), StringComparer.OrdinalIgnoreCase).ToList();
        if (unknown.Count > 0)
        {
            throw new ConfigurationException(
                $"'{Section}:{unknown[0]}' is no setting of this program. There are: {string.Join(' ', Names<TOptions>())}");
        }
        try
        {
            return WithDurations<TOptions>(section).Get<TOptions>() ?? new TOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException(e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}");
        }
    }

    /// <summary>The framework takes no notice of what it does not understand.</summary>
    private static void CheckArguments(string[] args, Dictionary<string, string> switches)
    {
        for (var i = 0; i < args.Length; i++)
        {
            // Not shown: it may be a part of a password.
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ConfigurationException(
                    $"Argument {i + 1} is neither a setting nor the value of one: give --NAME VALUE or --NAME=VALUE.");
            }
            var name = args[i].Split('=')[0];
            if (!switches.ContainsKey(name) && !name.Contains(':', StringComparison.Ordinal))
                throw new ConfigurationException($"'{name}' is no setting. There are: {string.Join(' ', switches.Keys)}");
            if (args[i].Contains('=', StringComparison.Ordinal)) continue;
            if (++i == args.Length || args[i].StartsWith("--", StringComparison.Ordinal))
                throw new ConfigurationException($"'{name}' has no value: give {name} VALUE.");
        }
    }

    /// <summary>The section, with its durations as the binder reads them: see <see cref="Duration"/>.</summary>
    private static IConfiguration WithDurations<TOptions>(IConfigurationSection section)
    {
        var values = section.AsEnumerable().ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Settings<TOptions>().Where(p => p.PropertyType == typeof(TimeSpan)).Select(p => p.Name))
        {
            if (section[name] is not { } text) continue;
            if (!Duration.TryParse(text, out var duration))
            {
                throw new ConfigurationException(
                    $"'{text}' is not a duration: {Section}:{name} ({SwitchOf(name)}) takes {Duration.Forms}.");
            }
            values[$"{Section}:{name}"] = duration.ToString("c");
        }
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection(Section);
    }

    private static string SwitchOf(string name) => $"--{WordStart().Replace(name, "-$0").ToLowerInvariant()}";

    private static IEnumerable<PropertyInfo> Settings<TOptions>() => typeof(TOptions).GetProperties().Where(p => p.CanWrite);

    private static IEnumerable<string> Names<TOptions>() => Settings<TOptions>().Select(p => p.Name);

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
