using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.KeyPerFile;
using OrleansChat.Silo;

namespace OrleansChat.Deployment.Tests;

/// <summary>A machine may have no inotify instance left: nothing asks for one.</summary>
public sealed class WatcherTests
{
    [Fact]
    public async Task No_file_of_settings_is_watched()
    {
        await using var silo = ChatHost.Build(["--database", "Host=h"]);
        var sources = ((IConfigurationBuilder)silo.Configuration).Sources;
        Assert.NotEmpty(sources.OfType<FileConfigurationSource>());
        Assert.All(sources.OfType<FileConfigurationSource>(), source => Assert.False(source.ReloadOnChange));
        Assert.All(sources.OfType<KeyPerFileConfigurationSource>(), source => Assert.False(source.ReloadOnChange));
    }
}
