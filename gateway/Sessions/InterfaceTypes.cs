using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Remembers what Orleans calls a grain interface. Orleans works it out anew, by reflection, at each <c>GetGrain</c>: that was
/// an eighth of a silo's time under load (docs/performance.md). To be registered before Orleans's own services: the first
/// provider that knows an interface is believed.
/// </summary>
public sealed class InterfaceTypes(IServiceProvider services) : IGrainInterfaceTypeProvider
{
    private readonly ConcurrentDictionary<Type, GrainInterfaceType> _known = new();

    /// <inheritdoc/>
    public bool TryGetGrainInterfaceType(Type type, out GrainInterfaceType grainInterfaceType)
    {
        // Generic interfaces have a name for each use; there are none here.
        if (!_known.TryGetValue(type, out grainInterfaceType)) _known[type] = grainInterfaceType = WorkOut(type);
        return true;
    }

    private GrainInterfaceType WorkOut(Type type)
    {
        foreach (var provider in services.GetServices<IGrainInterfaceTypeProvider>())
        {
            if (provider != this && provider.TryGetGrainInterfaceType(type, out var known)) return known;
        }
        return services.GetRequiredService<GrainInterfaceTypeResolver>().GetGrainInterfaceTypeByConvention(type);
    }
}
