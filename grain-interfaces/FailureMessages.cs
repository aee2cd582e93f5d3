using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace OrleansChat.GrainInterfaces;

/// <summary>Failures of calls between processes.</summary>
public static class FailureMessages
{
    /// <summary>
    /// Has the service's exceptions and Npgsql's travel with their messages. Without it, a caller in another process reads that there is no
    /// codec for the exception, and not that the database did not answer.
    /// </summary>
    public static IServiceCollection AddFailureMessages(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options =>
        {
            options.SupportedNamespacePrefixes.Add("OrleansChat");
            options.SupportedNamespacePrefixes.Add("Npgsql");
        });
}
