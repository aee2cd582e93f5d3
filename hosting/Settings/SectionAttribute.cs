namespace OrleansChat.Hosting.Settings;

/// <summary>
/// Settings that belong together. A property of such a type is a section, named like the property, of what it is a part of.
/// </summary>
/// <param name="title">What they are about, for <c>--help</c> and the docs.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SectionAttribute(string title) : Attribute
{
    /// <summary>What the settings are about.</summary>
    public string Title => title;

    /// <summary>Whether its settings stand in the section above, and not in one of their own.</summary>
    public bool IsFlat { get; init; }
}
