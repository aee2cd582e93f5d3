namespace OrleansChat.Deployment.Tests;

/// <summary>A unit of deploy/systemd. Its settings stand one a line; those of a name that comes again add to it.</summary>
internal sealed class SystemdUnit
{
    private readonly ILookup<string, string> _settings;

    private SystemdUnit(string name)
    {
        Name = name;
        _settings = Checkout.ReadLines($"deploy/systemd/{name}").Where(line => line[0] != '[')
            .Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);
    }

    public string Name { get; }

    public static IEnumerable<SystemdUnit> All =>
        Directory.GetFiles(Checkout.Find("deploy/systemd")).Order(StringComparer.Ordinal)
            .Select(path => new SystemdUnit(Path.GetFileName(path)));

    public static SystemdUnit Read(string name) => new(name);

    /// <summary>The values of a setting, none where it is not there.</summary>
    public string[] this[string setting] => [.. _settings[setting]];

    /// <summary>The program and its arguments.</summary>
    public string[] Command => this["ExecStart"].Single().Split(' ');

    /// <summary>What the program finds in its environment.</summary>
    public Dictionary<string, string> Environment =>
        this["Environment"].Select(setting => setting.Trim('"').Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The files of its credentials by their names.</summary>
    public Dictionary<string, string> Credentials =>
        this["LoadCredential"].Select(setting => setting.Split(':')).ToDictionary(pair => pair[0], pair => pair[1]);

    public override string ToString() => Name;
}
