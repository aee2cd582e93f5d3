using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace OrleansChat.Hosting.Settings;

/// <summary>The least and the greatest value of a number or a duration.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoundsAttribute : ValidationAttribute
{
    private readonly long _least, _most;
    private readonly bool _isDuration;

    /// <summary>Bounds of a number; without a greatest one, whatever its type holds.</summary>
    public BoundsAttribute(long least, long most = long.MaxValue) => (_least, _most) = (least, most);

    /// <summary>Bounds of a duration, in the forms of <see cref="Duration"/>.</summary>
    /// <exception cref="FormatException">One of them is not a duration.</exception>
    public BoundsAttribute(string least, string most) => (_isDuration, _least, _most) = (true, TicksOf(least), TicksOf(most));

    /// <summary>Whether zero, which stands for none, is allowed too.</summary>
    public bool OrZero { get; init; }

    /// <summary>The reason for the bounds, which a refusal of another value gives; empty for none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The bounds as a phrase, such as "1 to 8".</summary>
    public override string ToString() => _most == long.MaxValue
        ? $"at least {Format(_least)}"
        : $"{Format(_least)} to {Format(_most)}{(OrZero ? $", or {Format(0)} for none" : "")}";

    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var number = value is TimeSpan duration ? duration.Ticks : Convert.ToInt64(value, CultureInfo.InvariantCulture);
        if ((number >= _least && number <= _most) || (OrZero && number == 0)) return ValidationResult.Success;
        var reason = Reason.Length == 0 ? "" : $": {Reason}";
        return new ValidationResult($"{validationContext.DisplayName} must be {this}, not {Format(number)}{reason}.");
    }

    private static long TicksOf(string text) =>
        Duration.TryParse(text, out var duration) ? duration.Ticks : throw new FormatException($"'{text}' is not a duration.");

    private string Format(long value) =>
        _isDuration ? Duration.Format(TimeSpan.FromTicks(value)) : value.ToString(CultureInfo.InvariantCulture);
}
