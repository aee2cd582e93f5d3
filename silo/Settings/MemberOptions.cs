using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Silo.Settings;

/// <summary>A silo's place in a cluster.</summary>
[Section("Cluster")]
public sealed class MemberOptions : IValidatableObject
{
    [Description("The IP address or host name under which other silos and the gateways reach this one: it is a member of the cluster on "
        + "its database. Without one it is alone, and has the database for itself.")]
    [Argument("--cluster-address")]
    public string Address { get; set; } = "";

    [Description("The port that other silos connect to, in a cluster.")]
    [Bounds(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    [Description("The port that gateways connect to, in a cluster.")]
    [Bounds(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Whether this silo is a member of a cluster.</summary>
    public bool IsMember => Address.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SiloPort == GatewayPort) yield return new ValidationResult("--silo-port and --gateway-port must be two different ports.");
    }
}
