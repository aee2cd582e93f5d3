using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace OrleansChat.Hosting.Settings;

/// <summary>
/// A setting of a program: a property with a <see cref="DescriptionAttribute"/>. Its other attributes say the rest; its
/// initializer is the default.
/// </summary>
public sealed partial class Setting
{
    private static readonly Dictionary<Type, (string Kind, string Forms, Func<string, object?> Parse)> Types = new()
    {
        [typeof(string)] = ("a text", "any text", text => text),
        [typeof(bool)] = ("true or false", "true or false", text => bool.TryParse(text, out var value) ? value : null),
        [typeof(int)] = ("a number", $"a whole number up to {int.MaxValue}",
            text => int.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null),
        [typeof(long)] = ("a number", "a whole number",
            text => long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null),
        [typeof(TimeSpan)] = ("a duration", Duration.Forms, text => Duration.TryParse(text, out var value) ? value : null),
    };

    private readonly object _options;
    private readonly PropertyInfo _property;

    private Setting(SettingsSection section, PropertyInfo property)
    {
        (_options, _property) = (section.Options, property);
        Title = section.Title;
        Key = ConfigurationPath.Combine(section.Path, property.Name);
        Argument = property.GetCustomAttribute<ArgumentAttribute>()?.Name
            ?? $"--{WordStart().Replace(property.Name, "-$0").ToLowerInvariant()}";
        Value = Format(property.GetValue(section.Options)!);
    }

    /// <summary>What the settings of its section are about.</summary>
    public string Title { get; }

    /// <summary>Its place in the configuration, such as <c>Chat:Tls:Listen</c>.</summary>
    public string Key { get; }

    /// <summary>The argument that sets it, such as <c>--tls-listen</c>; a secret has none.</summary>
    public string Argument { get; }

    /// <summary>The environment variable that sets it, and the name of the file that does, such as <c>Chat__Tls__Listen</c>.</summary>
    public string Variable => Key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal);

    /// <summary>The name from before there were sections, which still works: the argument's words, such as <c>Chat:TlsListen</c>.</summary>
    public string FlatKey => ConfigurationPath.Combine(
        ChatConfiguration.Section, string.Concat(Argument[2..].Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));

    /// <summary>What it is, with its unit.</summary>
    public string Description => _property.GetCustomAttribute<DescriptionAttribute>()!.Description;

    /// <summary>Its value, as it would be set, or "none" where that is empty. Of options that are new, the default.</summary>
    public string Value { get; }

    /// <summary>The least and the greatest value, as a phrase; empty where there are none.</summary>
    public string Bounds => _property.GetCustomAttribute<BoundsAttribute>()?.ToString() ?? "";

    /// <summary>Whether the program does not start without it.</summary>
    public bool IsRequired => _property.IsDefined(typeof(RequiredAttribute));

    /// <summary>Whether it is a password, which is not an argument: everyone on the machine can read those.</summary>
    public bool IsSecret => _property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;

    /// <summary>All settings of a program, section by section.</summary>
    /// <param name="options">What holds them.</param>
    public static IEnumerable<Setting> Of(object options) => SettingsSection.Of(options).SelectMany(section =>
        section.Options.GetType().GetProperties().Where(property => property.IsDefined(typeof(DescriptionAttribute)))
            .Select(property => new Setting(section, property)));

    /// <summary>Sets it.</summary>
    /// <exception cref="ConfigurationException">The text is not of its type.</exception>
    internal void Set(string text)
    {
        var (kind, forms, parse) = Types[_property.PropertyType];
        _property.SetValue(_options, parse(text) ?? throw new ConfigurationException(
            $"'{text}' is not {kind}: {Key} ({Argument}) takes {forms}."));
    }

    /// <summary>What is wrong with its value.</summary>
    internal IEnumerable<ValidationResult> Validate()
    {
        var faults = new List<ValidationResult>();
        var context = new ValidationContext(_options) { MemberName = _property.Name, DisplayName = Argument };
        Validator.TryValidateValue(
            _property.GetValue(_options), context, faults, _property.GetCustomAttributes<ValidationAttribute>());
        return faults;
    }

    private static string Format(object value) => value switch
    {
        "" => "none",
        bool flag => flag ? "true" : "false",
        TimeSpan duration => Duration.Format(duration),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
