using Microsoft.Extensions.Configuration;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>Settings as the programs read them.</summary>
internal static class ProgramSettings
{
    /// <summary>What the password's setting is called, as a variable and as a file.</summary>
    public const string Password = $"{ChatConfiguration.Section}__{nameof(DatabaseOptions.DatabasePassword)}";

    /// <summary>Reads and checks the variables of an environment; a name that is not a setting is an error.</summary>
    public static TOptions Read<TOptions>(Dictionary<string, string> environment) where TOptions : new()
    {
        var values = environment.ToDictionary(e => e.Key.Replace("__", ":", StringComparison.Ordinal), e => (string?)e.Value);
        Assert.All(values.Keys, key => Assert.StartsWith($"{ChatConfiguration.Section}:", key, StringComparison.Ordinal));
        return ChatConfiguration.Read<TOptions>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }
}
