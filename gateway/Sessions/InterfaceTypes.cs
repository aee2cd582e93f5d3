using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Remembers the names that Orleans gives to grain interfaces. Orleans finds a name by reflection again at each <c>GetGrain</c>, which
/// took an eighth of a silo's time under load (docs/internals/performance.md). Register it before Orleans's own services: Orleans asks the
/// providers in order, and uses the first answer.
/// </summary>
public sealed class InterfaceTypes(IServiceProvider services) : IGrainInterfaceTypeProvider
{
    private readonly ConcurrentDictionary<Type, GrainInterfaceType> _known = new();

    /// <inheritdoc/>
    public bool TryGetGrainInterfaceType(Type type, out GrainInterfaceType grainInterfaceType)
    {
        // Generic interfaces would have a name for each use, but this service has none.
        if (!_known.TryGetValue(type, out grainInterfaceType)) _known[type] = grainInterfaceType = Resolve(type);
        return true;
    }

    private GrainInterfaceType Resolve(Type type)
    {
        foreach (var provider in services.GetServices<IGrainInterfaceTypeProvider>())
        {
            if (provider != this && provider.TryGetGrainInterfaceType(type, out var known)) return known;
        }
        return services.GetRequiredService<GrainInterfaceTypeResolver>().GetGrainInterfaceTypeByConvention(type);
    }
}
