using OrleansChat.Storage.Accounts;

namespace OrleansChat.Storage.Tests;

/// <summary>One password, typed on keyboards that write its characters in different ways.</summary>
public sealed class PasswordFormsTests
{
    private const string Composed = "p\u00e4ssword1";
    private const string Decomposed = "pa\u0308ssword1";

    private readonly Passwords _passwords = new(iterations: 1000);

    [Theory]
    [InlineData(Composed, Decomposed)]
    [InlineData(Decomposed, Composed)]
    [InlineData("ｓｕｒａｂａｙａ", "surabaya")]
    public async Task A_password_is_the_same_in_every_form(string set, string typed) =>
        Assert.Equal(new PasswordVerdict(true, null), await _passwords.VerifyAsync(_passwords.Hash(set), typed, ""));

    [Fact]
    public async Task A_hash_of_before_fits_what_was_typed_then_and_is_made_again()
    {
        var old = HashAsTyped(Decomposed);

        var verdict = await _passwords.VerifyAsync(old, Decomposed, "");

        Assert.True(verdict!.Value.IsRight);
        Assert.Equal(new PasswordVerdict(true, null), await _passwords.VerifyAsync(verdict.Value.Rehashed!, Composed, ""));
        Assert.Equal(new PasswordVerdict(true, null), await _passwords.VerifyAsync(HashAsTyped(Composed), Decomposed, ""));
    }

    [Fact]
    public async Task A_wrong_password_in_another_form_is_wrong_and_costs_no_new_hash() =>
        Assert.Equal(new PasswordVerdict(false, null), await _passwords.VerifyAsync(_passwords.Hash("surabaya"), Decomposed, ""));

    private static string HashAsTyped(string password) =>
        new Microsoft.AspNetCore.Identity.PasswordHasher<object>(Microsoft.Extensions.Options.Options.Create(
            new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 1000 })).HashPassword(new object(), password);
}
