using System.ComponentModel.DataAnnotations;
using OrleansChat.Gateway.Options;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.GatewayProgram;

/// <summary>The settings of a gateway in a process of its own: see <see cref="ChatConfiguration"/> for where they come from.</summary>
public sealed class GatewayProgramOptions : IValidatableObject
{
    /// <summary>Where the silos are looked up.</summary>
    public DatabaseOptions Database { get; } = new();

    /// <summary>The gateway's own.</summary>
    public GatewayOptions Gateway { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Gateway.EndPoints.Any())
            yield return new ValidationResult("A gateway listens: give --listen, --tls-listen or --web-listen ADDRESS:PORT.");
    }
}
