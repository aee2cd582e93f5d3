using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OrleansChat.Verification.Simulation.Host;

namespace Orleans.Hosting;

/// <summary>Adds a simulated silo to a host.</summary>
public static class SimulatedSiloExtensions
{
    /// <summary>
    /// Adds the silo as a hosted service, and <see cref="IGrainFactory"/>. A <see cref="TimeProvider"/> or an
    /// <see cref="ITurnQueue"/> that is registered already is used; each storage is a keyed <see cref="IGrainStateStore"/>.
    /// </summary>
    public static IServiceCollection AddSimulatedSilo(this IServiceCollection services, Action<SimulatedSiloOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SimulatedSiloOptions();
        configure(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITurnQueue, ThreadPoolTurnQueue>();
        services.AddSingleton(options);
        services.AddSingleton<SimulatedSilo>();
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<SimulatedSilo>().GrainFactory);
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<SimulatedSilo>());
        return services;
    }
}
