using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;
using Parser = YamlDotNet.Core.Parser;

namespace OrleansChat.Deployment.Tests;

/// <summary>
/// What the tests want to know of a Compose file, with its anchors and merges carried out, and for variables what holds without them.
/// </summary>
internal sealed partial class ComposeFile
{
    public Dictionary<string, Service> Services { get; set; } = [];
    public Dictionary<string, Network> Networks { get; set; } = [];
    public Dictionary<string, object> Volumes { get; set; } = [];
    public Dictionary<string, Secret> Secrets { get; set; } = [];

    public static ComposeFile Read(string file = "docker-compose.yml")
    {
        using var text = new StringReader(Variable().Replace(Checkout.Read(file), "$1"));
        return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).IgnoreUnmatchedProperties().Build()
            .Deserialize<ComposeFile>(new MergingParser(new Parser(text)));
    }

    /// <summary>The services made from a target of the Dockerfile.</summary>
    public IEnumerable<KeyValuePair<string, Service>> BuiltFrom(string target) => Services.Where(s => s.Value.Build?.Target == target);

    [GeneratedRegex(@"\$\{\w+:-([^}]*)\}")]
    private static partial Regex Variable();

    internal sealed class Service
    {
        public string? Image { get; set; }
        public Build? Build { get; set; }
        public string? User { get; set; }
        public bool ReadOnly { get; set; }
        public bool Privileged { get; set; }
        public List<string> CapDrop { get; set; } = [];
        public List<string> CapAdd { get; set; } = [];
        public List<string> SecurityOpt { get; set; } = [];
        public string? Restart { get; set; }
        public List<string> Command { get; set; } = [];
        public List<string> Networks { get; set; } = [];
        public List<string> Ports { get; set; } = [];
        public List<object> Secrets { get; set; } = [];
        public List<string> Volumes { get; set; } = [];
        public Dictionary<string, string> Environment { get; set; } = [];
        public Dictionary<string, Dependency> DependsOn { get; set; } = [];
        public Healthcheck? Healthcheck { get; set; }
        public Ulimits? Ulimits { get; set; }
        public string? StopGracePeriod { get; set; }

        /// <summary>Where a secret comes from, by the name of its file in the container. Compose has a short form and a long one.</summary>
        public Dictionary<string, string> SecretFiles => Secrets.ToDictionary(
            secret => secret as string ?? (string)((Dictionary<object, object>)secret)["target"],
            secret => secret as string ?? (string)((Dictionary<object, object>)secret)["source"]);

        /// <summary>What follows a word of its command.</summary>
        public string After(string option) => Command[Command.IndexOf(option) + 1];

        /// <summary>How long a stop may take; written in seconds only.</summary>
        public TimeSpan StopsWithin =>
            TimeSpan.FromSeconds(int.Parse(StopGracePeriod!.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture));
    }

    internal sealed class Build
    {
        public string Context { get; set; } = "";
        public string Target { get; set; } = "";
    }

    internal sealed class Dependency
    {
        public string Condition { get; set; } = "";
    }

    internal sealed class Healthcheck
    {
        public List<string> Test { get; set; } = [];
    }

    internal sealed class Ulimits
    {
        public int Nofile { get; set; }
    }

    internal sealed class Network
    {
        public bool Internal { get; set; }
        public Ipam Ipam { get; set; } = new();
    }

    internal sealed class Ipam
    {
        public List<Subnet> Config { get; set; } = [];
    }

    /// <summary>Named for what of it is asked.</summary>
    internal sealed class Subnet
    {
        [YamlMember(Alias = "subnet")]
        public string Cidr { get; set; } = "";
    }

    internal sealed class Secret
    {
        public string File { get; set; } = "";
    }
}
