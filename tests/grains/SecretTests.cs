using OrleansChat.GrainInterfaces;

namespace OrleansChat.Grains.Tests;

public sealed class SecretTests
{
    [Fact]
    public void A_password_shows_in_no_text_that_is_made_of_the_arguments_of_a_call() =>
        Assert.DoesNotContain("surabaya", $"{new Secret("surabaya")}", StringComparison.Ordinal);
}
