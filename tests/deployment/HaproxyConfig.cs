namespace OrleansChat.Deployment.Tests;

/// <summary>The load balancer's configuration, in sections.</summary>
internal sealed class HaproxyConfig
{
    private static readonly string[] Kinds = ["global", "defaults", "resolvers", "frontend", "backend"];

    private readonly List<Section> _sections = [];

    /// <summary>Reads files as HAProxy does: the later ones go on where the earlier ones ended.</summary>
    public static HaproxyConfig Read(params string[] files)
    {
        var config = new HaproxyConfig();
        foreach (var words in files.SelectMany(Checkout.ReadLines).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!Kinds.Contains(words[0]))
            {
                config._sections[^1].Lines.Add(words);
                continue;
            }
            var parent = words is [.., "from", var name] ? config._sections.Single(s => (s.Kind, s.Name) == ("defaults", name)) : null;
            config._sections.Add(new Section(words[0], words.ElementAtOrDefault(1) ?? "", parent));
        }
        return config;
    }

    /// <summary>The sections of a kind.</summary>
    public IEnumerable<Section> All(string kind) => _sections.Where(section => section.Kind == kind);

    /// <summary>A backend.</summary>
    public Section Backend(string name) => All("backend").Single(section => section.Name == name);

    /// <summary>A section, and the defaults that hold in it too.</summary>
    internal sealed record Section(string Kind, string Name, Section? Defaults)
    {
        public List<string[]> Lines { get; } = [];

        /// <summary>The lines that begin so, each with its words.</summary>
        public IEnumerable<string[]> Own(params string[] beginning) =>
            Lines.Where(words => words.Take(beginning.Length).SequenceEqual(beginning));

        /// <summary>What follows the beginning of a line: the section's own, or else that of its defaults.</summary>
        public string[] Value(params string[] beginning) => Own(beginning).SingleOrDefault()?[beginning.Length..]
            ?? Defaults?.Value(beginning) ?? throw new InvalidOperationException($"{Name} has no '{string.Join(' ', beginning)}'.");

        /// <summary>A time, which is written in one of the units here.</summary>
        public TimeSpan Time(params string[] beginning)
        {
            var text = Value(beginning)[0];
            var number = int.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture);
            return text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'd' => TimeSpan.FromDays(number),
                _ => throw new FormatException(text),
            };
        }
    }
}
