using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Embedded;

namespace Orleans.Hosting;

/// <summary>Adds the embedded silo to a host.</summary>
public static class EmbeddedSiloExtensions
{
    /// <summary>
    /// Adds the silo as a hosted service, and <see cref="IGrainFactory"/>. A <see cref="TimeProvider"/> or an
    /// <see cref="ITurnQueue"/> that is registered already is used; each storage is a keyed <see cref="IGrainStateStore"/>.
    /// </summary>
    public static IServiceCollection AddEmbeddedSilo(this IServiceCollection services, Action<EmbeddedSiloOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new EmbeddedSiloOptions();
        configure(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITurnQueue, ThreadPoolTurnQueue>();
        services.AddSingleton(options);
        services.AddSingleton<EmbeddedSilo>();
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<EmbeddedSilo>().GrainFactory);
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EmbeddedSilo>());
        return services;
    }
}
