using System.ComponentModel.DataAnnotations;
using System.Net;
using OrleansChat.Gateway.Options;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Silo.Settings;

/// <summary>The settings of a silo: see <see cref="ChatConfiguration"/> for where they come from.</summary>
public sealed class ChatOptions : IValidatableObject
{
    public DatabaseOptions Database { get; } = new();

    public StoringOptions Storage { get; } = new();

    public GatewayOptions Gateway { get; } = new();

    public MemberOptions Cluster { get; } = new();

    public SessionOptions Sessions { get; } = new();

    public GrainOptions Grains { get; } = new();

    public AccountOptions Accounts { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Accounts.DemoUsers && Gateway.EndPoints.Any(e => !IPAddress.IsLoopback(e.Address)))
        {
            yield return new ValidationResult(
                "--demo-users adds users whose password everybody knows: it goes with a loopback address only.");
        }
        if (Accounts.DemoUsers && Cluster.IsMember
            && !(IPAddress.TryParse(Cluster.Address, out var address) && IPAddress.IsLoopback(address)))
        {
            yield return new ValidationResult(
                "--demo-users adds users whose password everybody knows: "
                + "in a cluster it goes with a loopback --cluster-address only.");
        }
        if (!Gateway.EndPoints.Any() && !Cluster.IsMember)
        {
            yield return new ValidationResult(
                "A silo alone must listen for clients: give --listen, --tls-listen or --web-listen ADDRESS:PORT, "
                + "or --cluster-address for a member of a cluster.");
        }
    }
}
