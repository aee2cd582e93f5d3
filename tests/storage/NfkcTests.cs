using System.Globalization;
using OrleansChat.Storage.Normalization;

namespace OrleansChat.Storage.Tests;

/// <summary>Vectors of Unicode's NormalizationTest.txt, one or two for each rule.</summary>
public sealed class NfkcTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("007A 0020 007E", "007A 0020 007E")]
    // What composes, what the standard excludes from it, what has one other character for its form.
    [InlineData("0061 0308", "00E4")]
    [InlineData("00E4", "00E4")]
    [InlineData("0958", "0915 093C")]
    [InlineData("212B", "00C5")]
    [InlineData("1E9B 0323", "1E69")]
    [InlineData("01D5", "01D5")]
    [InlineData("0055 0308 0304", "01D5")]
    // Marks in the order of their classes; one is blocked by another of its class, and none by one of a lower.
    [InlineData("1E0A 0323", "1E0C 0307")]
    [InlineData("0061 0315 0300 05AE 0062", "00E0 05AE 0315 0062")]
    [InlineData("0061 0301 0308", "00E1 0308")]
    [InlineData("0301 0061", "0301 0061")]
    [InlineData("09C7 0334 09BE", "09C7 0334 09BE")]
    // Hangul.
    [InlineData("1100 1161 11A8", "AC01")]
    [InlineData("AC00 11A8", "AC01")]
    [InlineData("AC01 11A8", "AC01 11A8")]
    [InlineData("1100 0300 1161", "1100 0300 1161")]
    // Compatibility: ligatures, full and half width, circles, what is a space and a mark, beyond the first plane.
    [InlineData("FB01", "0066 0069")]
    [InlineData("FF21 FF11", "0041 0031")]
    [InlineData("FF76 FF9E", "30AC")]
    [InlineData("2460", "0031")]
    [InlineData("00A8", "0020 0308")]
    [InlineData("FDFA", "0635 0644 0649 0020 0627 0644 0644 0647 0020 0639 0644 064A 0647 0020 0648 0633 0644 0645")]
    [InlineData("1D400", "0041")]
    [InlineData("1D15E", "1D157 1D165")]
    [InlineData("2F800", "4E3D")]
    [InlineData("1F469 200D 1F467", "1F469 200D 1F467")]
    public void A_text_has_the_normal_form_of_the_standard(string codes, string form)
    {
        Assert.Equal(Text(form), Nfkc.Normalize(Text(codes)));
        Assert.Equal(Text(form), Nfkc.Normalize(Text(form)));
    }

    private static string Text(string codes) => string.Concat(
        codes.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(code => char.ConvertFromUtf32(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
}
