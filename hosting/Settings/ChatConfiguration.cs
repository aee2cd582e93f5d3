using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;

namespace OrleansChat.Hosting.Settings;

/// <summary>
/// Where the settings come from: the section <c>Chat</c> of appsettings.json, environment variables (<c>Chat__Database</c>),
/// files named like them in the folder of secrets, and arguments (<c>--database</c>), each overriding the one before. What
/// they are is said by the class that holds them: see <see cref="Setting"/>.
/// </summary>
public static class ChatConfiguration
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
        // With it the framework begins an activity and a scope for each HTTP request. The door itself logs what fails.
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
    };

    /// <summary>Adds the files of secrets, and the arguments.</summary>
    /// <exception cref="ConfigurationException">An argument is not a setting, or has no value.</exception>
    public static void AddSources<TOptions>(this IConfigurationBuilder configuration, string[] args)
        where TOptions : new()
    {
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
        var folder = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") ?? SecretsFolder;
        configuration.AddKeyPerFile(files =>
        {
            files.Optional = true;
            files.IgnoreCondition = file => !file.StartsWith($"{Section}__", StringComparison.OrdinalIgnoreCase);
            if (Directory.Exists(folder)) files.FileProvider = new PhysicalFileProvider(folder);
        });

        var settings = Setting.Of(new TOptions()).ToList();
        CheckArguments(args, settings);
        configuration.AddCommandLine(args, settings.Where(s => !s.IsSecret).ToDictionary(s => s.Argument, s => s.Key));
    }

    /// <summary>Reads the section, and checks it.</summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong, or a name is not a setting.</exception>
    public static TOptions Read<TOptions>(IConfigurationRoot configuration) where TOptions : new()
    {
        var options = new TOptions();
        var settings = Setting.Of(options).ToList();
        var unknown = configuration.GetSection(Section).AsEnumerable().Where(entry => entry.Value is not null).Select(entry => entry.Key)
            .Except(settings.SelectMany(s => new[] { s.Key, s.FlatKey }), StringComparer.OrdinalIgnoreCase).FirstOrDefault();
        if (unknown is not null)
        {
            throw new ConfigurationException(
                $"'{unknown}' is not a setting of this program. Known settings: {string.Join(", ", settings.Select(s => s.Key))}.");
        }
        foreach (var setting in settings)
        {
            if (Find(setting, configuration) is { } text) setting.Set(text);
        }
        SettingsSection.Validate(options);
        return options;
    }

    /// <summary>The value of the last source that has one, under either name.</summary>
    private static string? Find(Setting setting, IConfigurationRoot configuration)
    {
        string? found = null;
        foreach (var source in configuration.Providers)
        {
            source.TryGet(setting.Key, out var value);
            source.TryGet(setting.FlatKey, out var old);
            if (value is not null && old is not null && value != old)
            {
                throw new ConfigurationException(
                    $"{setting.Key} and {setting.FlatKey}, its older name, have different values: set the first one only.");
            }
            found = value ?? old ?? found;
        }
        return found;
    }

    /// <summary>Refuses what the framework would ignore: names that are not settings, and arguments without a value.</summary>
    private static void CheckArguments(string[] args, List<Setting> settings)
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
            if (!name.Contains(':', StringComparison.Ordinal)) CheckName(name, settings);
            if (args[i].Contains('=', StringComparison.Ordinal)) continue;
            if (++i == args.Length || args[i].StartsWith("--", StringComparison.Ordinal))
                throw new ConfigurationException($"'{name}' has no value: give {name} VALUE.");
        }
    }

    private static void CheckName(string name, List<Setting> settings)
    {
        var setting = settings.Find(s => s.Argument == name);
        if (setting is { IsSecret: false }) return;
        throw new ConfigurationException(setting is not null
            ? $"'{name}' is not an option, which everyone on the machine could read: set {setting.Variable}, or a file of that name."
            : $"Unknown option '{name}'. Known options: {string.Join(", ", settings.Where(s => !s.IsSecret).Select(s => s.Argument))}.");
    }
}
