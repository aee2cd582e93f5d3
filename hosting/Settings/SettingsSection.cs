using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace OrleansChat.Hosting.Settings;

/// <summary>A section of a program's settings.</summary>
/// <param name="Path">Its place in the configuration, such as <c>Chat:Tls</c>.</param>
/// <param name="Options">The object that holds them.</param>
internal sealed record SettingsSection(string Path, object Options)
{
    /// <summary>What its settings are about.</summary>
    public string Title => Options.GetType().GetCustomAttribute<SectionAttribute>()?.Title ?? "";

    /// <summary>All sections of a program's settings, itself first.</summary>
    public static IEnumerable<SettingsSection> Of(object options, string path = ChatConfiguration.Section)
    {
        yield return new SettingsSection(path, options);
        foreach (var property in options.GetType().GetProperties())
        {
            if (property.PropertyType.GetCustomAttribute<SectionAttribute>() is not { } section) continue;
            var inner = section.IsFlat ? path : ConfigurationPath.Combine(path, property.Name);
            foreach (var part in Of(property.GetValue(options)!, inner)) yield return part;
        }
    }

    /// <summary>Checks each setting by its attributes, then what several mean together by their class, the innermost first.</summary>
    /// <exception cref="ConfigurationException">One is missing or wrong; the message says which, and what to set.</exception>
    public static void Validate(object options)
    {
        var faults = Setting.Of(options).SelectMany(setting => setting.Validate())
            .Concat(Of(options).Reverse().Select(section => section.Options).OfType<IValidatableObject>()
                .SelectMany(section => section.Validate(new ValidationContext(section))));
        if (faults.FirstOrDefault() is { } fault) throw new ConfigurationException(fault.ErrorMessage!);
    }
}
