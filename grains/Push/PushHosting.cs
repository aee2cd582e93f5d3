using Microsoft.Extensions.DependencyInjection;

namespace OrleansChat.Grains.Push;

/// <summary>Adds what tells gateways to a silo.</summary>
public static class PushHosting
{
    /// <summary>Adds the way from the grains of this silo to the gateways.</summary>
    public static IServiceCollection AddPush(this IServiceCollection services) => services.AddSingleton<GatewayOutboxes>();
}
