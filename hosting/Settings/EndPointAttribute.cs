using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OrleansChat.Hosting.Settings;

/// <summary>The setting is an IP address with a port.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EndPointAttribute : ValidationAttribute
{
    /// <summary>The text that stands for none.</summary>
    public string None { get; init; } = "";

    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var text = (string)value!;
        // IPEndPoint takes an address without a port, too.
        if (text == None || (IPEndPoint.TryParse(text, out _) && text.Contains(':', StringComparison.Ordinal)))
            return ValidationResult.Success;
        return new ValidationResult(
            $"'{text}' is not a valid address to listen on: give {validationContext.DisplayName} ADDRESS:PORT, "
            + "such as 127.0.0.1:8889 or [::]:8889.");
    }
}
