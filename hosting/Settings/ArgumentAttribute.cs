namespace OrleansChat.Hosting.Settings;

/// <summary>The name of a setting's argument, where it is not that of the property with dashes.</summary>
/// <param name="name">The name with its two dashes.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ArgumentAttribute(string name) : Attribute
{
    /// <summary>The name with its two dashes.</summary>
    public string Name => name;
}
