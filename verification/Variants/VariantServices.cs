using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Verification.Variants;

/// <summary>Plants the fault in one of the service's programs.</summary>
internal static class VariantServices
{
    /// <summary>The environment variable that names the <see cref="Variant"/>.</summary>
    public const string Variable = "ORLEANSCHAT_BREAK";

    /// <summary>The variant that this process should be.</summary>
    /// <exception cref="InvalidOperationException">The variable is missing or does not name a variant.</exception>
    public static Variant Asked => Enum.TryParse<Variant>(Environment.GetEnvironmentVariable(Variable), out var variant)
        ? variant
        : throw new InvalidOperationException($"{Variable} must be one of {string.Join(", ", Enum.GetNames<Variant>())}.");

    /// <summary>Wraps the services that the gateway calls.</summary>
    public static void BreakGateway(this IServiceCollection services, Variant variant)
    {
        services.AddSingleton<ChatGrains>();
        services.Replace(ServiceDescriptor.Singleton<IChatGrains>(
            provider => new BrokenGrains(provider.GetRequiredService<ChatGrains>(), variant)));
    }
}
